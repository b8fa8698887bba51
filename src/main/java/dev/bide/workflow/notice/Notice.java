package dev.bide.workflow.notice;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one channel is told, once. A row until it was sent, and a week longer.
 *
 * @param title a line
 * @param text for people
 * @param timerId that makes the call; null for a mail
 * @param attempts at a mail
 */
public record Notice(
        UUID id,
        String channel,
        NoticeEvent event,
        Instant createdAt,
        String title,
        String text,
        @Nullable UUID timerId,
        int attempts) {}
