"""What the components cost over the same registrations by hand."""
