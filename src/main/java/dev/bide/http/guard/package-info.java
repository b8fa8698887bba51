/**
 * What stands before the resources: who may ask, with what media type, bodies read and refused, answers sent as they are taken, the server's own answers made ours. May import the rooms of
 * {@code http} but {@code http.resource}. The server's threads run here.
 */
@NullMarked
package dev.bide.http.guard;

import org.jspecify.annotations.NullMarked;
