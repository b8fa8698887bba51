package dev.bide.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** A file as it goes out, plain and packed. Packed once: what is served does not change while the process runs. Thread-safe. */
final class Asset {
    private static final Map<String, String> MEDIA_TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml");

    private final String mediaType;
    private final byte[] plain;
    private final String entityTag;
    /** Made when it is first asked for: the larger files are those that few look at. */
    private volatile byte @Nullable [] packed;

    private Asset(String name, byte[] plain) {
        String suffix = name.substring(name.lastIndexOf('.') + 1);
        String known = MEDIA_TYPES.get(suffix);
        if (known == null) {
            throw new IllegalArgumentException("no media type is known for " + name);
        }
        this.mediaType = known;
        this.plain = plain;
        this.entityTag = "W/\"" + HexFormat.of().formatHex(sha256(plain), 0, 8) + "\"";
    }

    /** What lies beside {@code Asset}'s class under this path, or from the root of the class path where it begins with a slash. */
    static Asset ofResource(String path) {
        return new Asset(path, read(path));
    }

    static Asset ofHtml(String text) {
        return new Asset("html", text.getBytes(StandardCharsets.UTF_8));
    }

    String mediaType() {
        return mediaType;
    }

    /** Weak, since packed and plain share it. */
    String entityTag() {
        return entityTag;
    }

    byte[] plain() {
        return plain;
    }

    byte[] packed() {
        byte[] known = packed;
        if (known == null) {
            known = pack(plain);
            packed = known;
        }
        return known;
    }

    /** The text of a file that is packaged with us, as {@link #ofResource} finds it. */
    static String text(String path) {
        return new String(read(path), StandardCharsets.UTF_8);
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    private static byte[] read(String path) {
        try (InputStream stream = Asset.class.getResourceAsStream(path)) {
            if (stream == null) {
                throw new IllegalStateException(path + " is missing from the jar");
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] pack(byte[] bytes) {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(target)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target.toByteArray();
    }
}
