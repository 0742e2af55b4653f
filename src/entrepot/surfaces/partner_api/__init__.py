"""The TikTok Shop Partner API: a dialect of ours, so that existing tools work unchanged.

One file or package per resource declares its operations; the frame around them knows signatures,
tokens, ciphers, scopes, envelopes and error codes. Domain behaviour lives in contexts and flows:
here, words, states, ids, units and errors are translated, and nothing else. `application` makes it:
who only tells notices does not load what is served.
"""
