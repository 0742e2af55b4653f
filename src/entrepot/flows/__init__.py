"""Flows: verbs that span contexts. Each hands values down through the contexts' doors."""
