"""Values of finished flows for reports."""
