package dev.bide.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes that share a data directory. Byte 0 of the lock file is held by the one that starts or stops the database just now; byte 1 is shared by all that
 * use it, so that the last one to leave can tell. The operating system frees the locks of a process that dies, however it dies.
 */
final class DirectoryLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryLock.class);
    private static final long CHANGING = 0;
    private static final long USING = 1;

    private final Path file;
    private final FileChannel channel;
    private @Nullable FileLock changing;
    private @Nullable FileLock using;

    private DirectoryLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    static DirectoryLock open(Path file) throws IOException {
        return new DirectoryLock(
                file,
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    /** Waits until no other process starts or stops the database. However long, but for the signal: that one may be replaying its log. */
    void beginChange(StopSignal stop) throws IOException {
        boolean told = false;
        while (changing == null) {
            changing = tryLock(CHANGING, false);
            if (changing == null) {
                if (!told) {
                    LOG.info(
                            "Another process is starting or stopping the database of {}; waiting for it",
                            file.getParent());
                    told = true;
                }
                stop.pause();
            }
        }
    }

    void endChange() throws IOException {
        if (changing != null) {
            changing.release();
            changing = null;
        }
    }

    /** Whether no process uses the directory. Only between {@link #beginChange} and {@link #endChange}, and before {@link #beginUse}. */
    boolean unused() throws IOException {
        try (FileLock alone = tryLock(USING, false)) {
            return alone != null;
        }
    }

    /** Only between {@link #beginChange} and {@link #endChange}, so it never has to wait for long. */
    void beginUse() throws IOException {
        using = tryLock(USING, true);
        if (using == null) {
            throw new IOException("cannot take part in " + file + ": another process holds it alone");
        }
    }

    /** Whether this process was the last one that used the directory. Only between {@link #beginChange} and {@link #endChange}. */
    boolean endUse() throws IOException {
        if (using != null) {
            using.release();
            using = null;
        }
        return unused();
    }

    private @Nullable FileLock tryLock(long position, boolean shared) throws IOException {
        try {
            return channel.tryLock(position, 1, shared);
        } catch (OverlappingFileLockException e) {
            throw new IOException("the database of " + file.getParent() + " is already open in this process", e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
