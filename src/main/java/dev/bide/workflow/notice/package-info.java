/**
 * What people are told, and where: channels, the groups in which it is counted, and the port of their store. Open to whoever stores or asks. May import {@code json}.
 * Values are immutable; no thread of its own runs here.
 */
@NullMarked
package dev.bide.workflow.notice;

import org.jspecify.annotations.NullMarked;
