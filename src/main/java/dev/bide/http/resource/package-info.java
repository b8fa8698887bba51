/**
 * The calls of the contract, and the short way of new timers and runs past Jersey. May import the other rooms of {@code http}, {@code json}, {@code engine}, {@code workflow}, {@code workflow.store} and {@code delay}. Runs on the request's thread.
 */
@NullMarked
package dev.bide.http.resource;

import org.jspecify.annotations.NullMarked;
