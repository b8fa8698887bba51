package dev.bide.console;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/** A picture of less than half the size: its most frequent colours, and for others the nearest of them. A page of text needs no more. */
final class SmallPicture {
    private static final int COLOURS = 256;
    private static final int ALL_BUT_THE_SAME = 8 * 8;

    private SmallPicture() {}

    static void write(byte[] picture, Path file) throws IOException {
        BufferedImage whole = ImageIO.read(new ByteArrayInputStream(picture));
        int width = whole.getWidth();
        int[] pixels = whole.getRGB(0, 0, width, whole.getHeight(), null, 0, width);
        int[] colours = mostFrequent(pixels);
        IndexColorModel model = new IndexColorModel(8, colours.length, colours, 0, false, -1, DataBuffer.TYPE_BYTE);
        BufferedImage small = new BufferedImage(width, whole.getHeight(), BufferedImage.TYPE_BYTE_INDEXED, model);
        Map<Integer, Integer> nearest = new HashMap<>();
        for (int i = 0; i < pixels.length; i++) {
            int place = nearest.computeIfAbsent(pixels[i], colour -> nearest(colours, colour));
            small.getRaster().setSample(i % width, i / width, 0, place);
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        ImageIO.write(small, "png", file.toFile());
    }

    /** Without those that are all but the same as a more frequent one: a small sign keeps its colour. */
    private static int[] mostFrequent(int[] pixels) {
        Map<Integer, Long> counts = Arrays.stream(pixels).boxed().collect(groupingBy(colour -> colour, counting()));
        List<Integer> kept = new ArrayList<>();
        counts.entrySet().stream()
                .sorted(Map.Entry.<Integer, Long>comparingByValue().reversed())
                .map(Map.Entry::getKey)
                .filter(colour -> kept.stream().allMatch(other -> distance(colour, other) > ALL_BUT_THE_SAME))
                .limit(COLOURS)
                .forEach(kept::add);
        return kept.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int nearest(int[] colours, int colour) {
        int nearest = 0;
        for (int i = 1; i < colours.length; i++) {
            if (distance(colours[i], colour) < distance(colours[nearest], colour)) {
                nearest = i;
            }
        }
        return nearest;
    }

    private static int distance(int one, int other) {
        int sum = 0;
        for (int shift = 0; shift < 24; shift += 8) {
            int difference = (one >> shift & 0xff) - (other >> shift & 0xff);
            sum += difference * difference;
        }
        return sum;
    }
}
