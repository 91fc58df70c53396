"""The sentence encoder in use: tokens, vector, heads (docs/decisions/0009-encoder.md). onnxruntime, one thread."""
