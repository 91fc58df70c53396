"""What is watched for in every message: its labelled sentences, and the model that weighs meaning and spelling."""
