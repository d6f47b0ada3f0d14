"""Construction projects: from a proposed site to a system in use, each step judged by rules.states.project."""
