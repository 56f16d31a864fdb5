"""What runs crmlink for good: units for systemd, a recipe for a container. The files beside this one are their forms."""
