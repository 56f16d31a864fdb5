"""Setting up: finds servers, knows providers, tries everything, writes unit files."""
