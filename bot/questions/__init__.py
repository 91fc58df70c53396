"""Questions that customers ask in passing (data/knowledge): which of the known ones a message asks, by nearness in meaning and spelling."""
