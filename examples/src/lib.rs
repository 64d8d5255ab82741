//! Examples of `hangup`: see the files beside this folder, numbered in reading order.
