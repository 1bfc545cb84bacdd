package com.example.collections.accounts;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/accounts")
class AccountController {

    record NewAccount(@NotBlank String reference, @NotBlank String creditor, @NotNull @Positive BigDecimal principal,
                      @NotNull LocalDate dueDate, @NotBlank String debtorName, @NotBlank String debtorTaxId,
                      String debtorEmail, String debtorAddress) {
    }

    private final AccountRepository accounts;
    private final DebtorRepository debtors;

    AccountController(AccountRepository accounts, DebtorRepository debtors) {
        this.accounts = accounts;
        this.debtors = debtors;
    }

    @GetMapping
    List<Account> list(@RequestParam(defaultValue = "OPEN") Account.Status status) {
        return accounts.findByStatusOrderByDueDate(status);
    }

    @GetMapping("/{id}")
    Account get(@PathVariable long id) {
        return accounts.require(id);
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Transactional
    Account create(@Valid @RequestBody NewAccount request) {
        Debtor debtor = debtors.findByTaxId(request.debtorTaxId()).orElseGet(() -> debtors.save(new Debtor(
                request.debtorName(), request.debtorTaxId(), request.debtorEmail(), request.debtorAddress())));
        return accounts.save(new Account(
                debtor, request.reference(), request.creditor(), request.principal(), request.dueDate()));
    }
}
