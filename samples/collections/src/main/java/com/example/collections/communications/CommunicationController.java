package com.example.collections.communications;

import com.example.collections.accounts.AccountRepository;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/communications")
class CommunicationController {

    record NewCommunication(@NotNull Long accountId, @NotBlank String subject, @NotBlank String body) {
    }

    private final CommunicationRepository communications;
    private final CommunicationService service;
    private final AccountRepository accounts;

    CommunicationController(CommunicationRepository communications, CommunicationService service,
                            AccountRepository accounts) {
        this.communications = communications;
        this.service = service;
        this.accounts = accounts;
    }

    @GetMapping
    List<Communication> list(@RequestParam long accountId) {
        return communications.findByAccount_IdOrderByCreatedAtDesc(accountId);
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Communication create(@Valid @RequestBody NewCommunication request) {
        return service.send(accounts.require(request.accountId()), request.subject(), request.body());
    }
}
