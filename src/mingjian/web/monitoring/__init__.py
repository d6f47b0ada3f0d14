"""The people before the screens: their training and vetting, the monitoring room, changes of use, bulk looking."""
