package com.example.dice;

import static org.hamcrest.Matchers.hasSize;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureMockMvc;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.web.servlet.MockMvc;

@SpringBootTest
@AutoConfigureMockMvc
class DiceControllerTest {

    @Autowired
    private MockMvc mvc;

    @Test
    void rolls() throws Exception {
        mvc.perform(get("/roll/3d6"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.dice").value("3d6"))
                .andExpect(jsonPath("$.values", hasSize(3)))
                .andExpect(jsonPath("$.sum").isNumber());
    }

    @Test
    void refusesWhatIsNoDice() throws Exception {
        mvc.perform(get("/roll/many"))
                .andExpect(status().isBadRequest())
                .andExpect(jsonPath("$.error").isNotEmpty());
    }

    @Test
    void isHealthy() throws Exception {
        mvc.perform(get("/actuator/health"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.status").value("UP"));
    }
}
