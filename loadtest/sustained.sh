#!/bin/sh
# New and due timers at a steady rate, through the whole service: see README.md here. Without arguments it says what it takes.
exec "$(dirname "$0")/launch.sh" Sustained -Xmx2g "$@"
