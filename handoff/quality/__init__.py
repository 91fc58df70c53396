"""Quality control (H51, H52): samples of conversations, their scores, what was found for the designers, what was not understood."""
