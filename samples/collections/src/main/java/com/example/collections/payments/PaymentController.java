package com.example.collections.payments;

import com.example.collections.accounts.Account;
import com.example.collections.accounts.AccountRepository;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.NoSuchElementException;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
@RequestMapping("/payments")
class PaymentController {

    record NewPayment(@NotNull Long accountId, @NotNull @Positive BigDecimal amount, @NotNull Payment.Method method,
                      @NotBlank String externalId) {
    }

    record Notification(@NotBlank String accountReference, @NotNull @Positive BigDecimal amount,
                        @NotBlank String externalId) {
    }

    private final PaymentRepository payments;
    private final AccountRepository accounts;
    private final byte[] apiKey;

    PaymentController(PaymentRepository payments, AccountRepository accounts,
                      @Value("${collections.payments.api-key}") String apiKey) {
        this.payments = payments;
        this.accounts = accounts;
        this.apiKey = apiKey.getBytes(StandardCharsets.UTF_8);
    }

    @GetMapping
    List<Payment> list(@RequestParam long accountId) {
        return payments.findByAccount_IdOrderByReceivedAtDesc(accountId);
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Transactional
    Payment register(@Valid @RequestBody NewPayment request) {
        return book(accounts.require(request.accountId()), request.amount(), request.method(), request.externalId());
    }

    /** The gateway repeats a notification until it gets a 2xx, so the same one may come twice. */
    @PostMapping("/notifications")
    @Transactional
    Payment notification(@RequestHeader(name = "X-Api-Key", defaultValue = "") String key,
                         @Valid @RequestBody Notification request) {
        if (!MessageDigest.isEqual(apiKey, key.getBytes(StandardCharsets.UTF_8))) {
            throw new ResponseStatusException(HttpStatus.UNAUTHORIZED);
        }
        return payments.findByExternalId(request.externalId()).orElseGet(() -> {
            Account account = accounts.findByReference(request.accountReference()).orElseThrow(
                    () -> new NoSuchElementException("no account " + request.accountReference()));
            return book(account, request.amount(), Payment.Method.CARD, request.externalId());
        });
    }

    private Payment book(Account account, BigDecimal amount, Payment.Method method, String externalId) {
        account.receive(amount);
        return payments.save(new Payment(account, amount, method, externalId, LocalDateTime.now(ZoneOffset.UTC)));
    }
}
