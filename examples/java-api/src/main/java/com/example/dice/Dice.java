package com.example.dice;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Some dice of one kind, as "2d6" names them. */
public record Dice(int count, int sides) {

    private static final Pattern NOTATION = Pattern.compile("(\\d{0,3})d(\\d{1,4})");
    private static final int MAX_COUNT = 100;
    private static final int MAX_SIDES = 1000;

    public Dice {
        if (count < 1 || count > MAX_COUNT) {
            throw new IllegalArgumentException("from 1 to " + MAX_COUNT + " dice can be rolled, not " + count);
        }
        if (sides < 2 || sides > MAX_SIDES) {
            throw new IllegalArgumentException("a die has from 2 to " + MAX_SIDES + " sides, not " + sides);
        }
    }

    /** Reads "d20", "2d6" and the like. */
    public static Dice parse(String notation) {
        Matcher matcher = NOTATION.matcher(notation);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("dice are written as 2d6 or d20");
        }
        String count = matcher.group(1);
        return new Dice(count.isEmpty() ? 1 : Integer.parseInt(count), Integer.parseInt(matcher.group(2)));
    }

    /** Throws every die once. */
    public List<Integer> roll(RandomGenerator random) {
        return random.ints(count, 1, sides + 1).boxed().toList();
    }
}
