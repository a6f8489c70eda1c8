"""What the tests start from, one module per room, built through the real actions."""
