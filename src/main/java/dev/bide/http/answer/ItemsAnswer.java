package dev.bide.http.answer;

import java.util.List;

/** All of a list that is never long. */
public record ItemsAnswer<A>(List<A> items) {}
