package com.example.collections.accounts;

import java.time.LocalDate;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;

public interface AccountRepository extends JpaRepository<Account, Long> {

    List<Account> findByStatusOrderByDueDate(Account.Status status);

    List<Account> findByStatusAndDueDateBefore(Account.Status status, LocalDate day);

    Optional<Account> findByReference(String reference);

    default Account require(long id) {
        return findById(id).orElseThrow(() -> new NoSuchElementException("no account " + id));
    }
}
