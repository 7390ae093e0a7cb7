"""Calendars in and out: iCalendar to events in a child process, and shifts to iCalendar."""
