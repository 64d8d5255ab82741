"""Starts Autobahn's wstest under Python 2.7, with its servers bound to this machine alone."""

import sys

from twisted.internet import posixbase

listen_anywhere = posixbase.PosixReactorBase.listenTCP


def listen_here(reactor, port, factory, backlog=50, interface=""):
    return listen_anywhere(reactor, port, factory, backlog, interface or "127.0.0.1")


posixbase.PosixReactorBase.listenTCP = listen_here
sys.argv[0] = "wstest"

from autobahntestsuite import wstest

wstest.run()
