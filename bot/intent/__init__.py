"""Which issue a message is about: classifier, calibration, unsure messages, categories."""
