"""What a case is made of: the graph, money, time, counts, evidence, findings, typologies."""
