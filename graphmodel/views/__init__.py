"""Pictures and reports: they read findings and facts, and know nothing of detection."""
