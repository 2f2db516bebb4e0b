"""The programme for other programs: calendars, frab's exchange formats, schema.org; and schedules that come in."""
