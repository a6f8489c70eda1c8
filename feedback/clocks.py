"""The kinds of clocks of a report, as the lists name them."""

ANSWER, SAFETY, FACTS, INQUIRY = "report_answer", "report_safety", "report_facts", "report_inquiry"
