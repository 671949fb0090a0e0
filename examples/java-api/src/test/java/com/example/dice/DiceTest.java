package com.example.dice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

class DiceTest {

    @Test
    void readsNotation() {
        assertEquals(new Dice(2, 6), Dice.parse("2d6"));
        assertEquals(new Dice(1, 20), Dice.parse("d20"));
    }

    @Test
    void refusesWhatIsNoDice() {
        for (String wrong : List.of("", "6", "2d", "2x6", "0d6", "101d6", "1d1", "1d1001", "-1d6", "2d6 ")) {
            assertThrows(IllegalArgumentException.class, () -> Dice.parse(wrong), wrong);
        }
    }

    @Test
    void everyDieShowsOneOfItsSides() {
        List<Integer> values = new Dice(100, 6).roll(new Random(1));
        assertEquals(100, values.size());
        assertTrue(values.stream().allMatch(value -> value >= 1 && value <= 6));
        assertTrue(values.contains(1) && values.contains(6));
    }
}
