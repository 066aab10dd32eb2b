"""An abstract reply in each channel's shape, within its limits. Pure."""
