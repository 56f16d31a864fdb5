"""The invented week: who is who, what they write, and what stands in the calendar. Data only; see `crmlink.demo.script`."""
