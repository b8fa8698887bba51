package dev.bide.delivery;

import java.io.IOException;

/** The address may not be called, whoever gave it. */
final class BlockedAddressException extends IOException {
    BlockedAddressException(String message) {
        super(message);
    }
}
