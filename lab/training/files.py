"""What a training leaves in its folder, by name."""

CHECKPOINT, WEIGHTS, REPORT = "checkpoint.pt", "weights.safetensors", "training.json"
