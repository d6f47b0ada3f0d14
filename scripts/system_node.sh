#!/usr/bin/env bash
# Succeeds when the system has npm and a Node that Vite can use (20.19+, 22.12+).
new_enough='const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>22||(a===22&&b>=12)||(a===20&&b>=19)?0:1)'
command -v npm >/dev/null && command -v node >/dev/null && node -e "$new_enough"
