package com.example.dice;

import java.security.SecureRandom;
import java.util.List;
import java.util.Map;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The one route: GET /roll/2d6. */
@RestController
public class DiceController {

    private final SecureRandom random = new SecureRandom();

    /** What a roll showed. */
    public record Roll(String dice, List<Integer> values, int sum) {
    }

    @GetMapping("/roll/{dice}")
    public Roll roll(@PathVariable("dice") String dice) {
        List<Integer> values = Dice.parse(dice).roll(random);
        return new Roll(dice, values, values.stream().mapToInt(Integer::intValue).sum());
    }

    @ExceptionHandler(IllegalArgumentException.class)
    @ResponseStatus(HttpStatus.BAD_REQUEST)
    public Map<String, String> badDice(IllegalArgumentException problem) {
        return Map.of("error", problem.getMessage());
    }
}
