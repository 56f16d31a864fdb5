"""Servers that need no installing: pymap for mail, Radicale for calendars, each as a process of its own."""
