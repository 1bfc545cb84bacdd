"""What is read of Java: calls with the types of declared names, and tables by way of JPA, Spring Data, JDBC and MyBatis."""

from pathlib import Path

from tests.split.from_files import code_of
from toolkit.split.code import Code

POM = "<project><artifactId>shop</artifactId></project>"
ORDER = """\
package shop.orders;
import jakarta.persistence.*;
import shop.customers.Customer;
@Entity @Table(name = "orders")
@NamedQuery(name = "Order.open", query = "SELECT o FROM Order o " + "WHERE o.open = true")
public class Order {
    @ManyToOne private Customer customer;
    private boolean open = true;
    public Customer getCustomer() { return customer; }
    public boolean isOpen() { return open; }
    public void close() { this.open = false; }
}
"""
CUSTOMER = """\
package shop.customers;
import jakarta.persistence.*;
@Entity public class Customer {
    private int orders;
    public String getName() { return ""; }
    public void count() { orders++; }
}
"""


def read(folder: Path, **files: str) -> Code:
    paths = {f"src/{name.replace('__', '/')}.java": text for name, text in files.items()}
    return code_of(folder, {"pom.xml": POM, **paths})


def used(code: Code, unit: str, method: str) -> set[tuple[str, str]]:
    return {(one.table, "writes" if one.write else "reads") for one in code.accesses if one.node == (unit, method)}


def test_a_chain_of_calls_is_followed_by_what_the_methods_return(tmp_path: Path) -> None:
    caller = """\
package shop;
import shop.orders.Order;
import java.util.List;
class Mail {
    String greet(List<Order> orders) {
        for (Order order : orders) { return order.getCustomer().getName(); }
        return null;
    }
}
"""
    code = read(tmp_path, orders__Order=ORDER, customers__Customer=CUSTOMER, Mail=caller)
    calls = {target for source, target in code.calls if source == ("shop.Mail", "greet")}
    assert calls == {("shop.orders.Order", "getCustomer"), ("shop.customers.Customer", "getName")}


def test_types_of_the_same_name_are_told_apart_by_imports(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        a__Item="package a; public class Item { public static void go() {} }",
        b__Item="package b; public class Item { public static void go() {} }",
        Main="import b.Item; class Main { void run() { Item.go(); } }",
    )
    assert list(code.calls_of_units()) == [("Main", "b.Item")]


def test_setting_a_field_of_an_entity_writes_its_table_unless_it_was_just_made(tmp_path: Path) -> None:
    caller = """\
package shop;
import shop.orders.Order;
class Desk {
    void close(Order order) { order.close(); }
    void open() { Order fresh = new Order(); fresh.close(); }
    boolean look(Order order) { return order.isOpen(); }
}
"""
    code = read(tmp_path, orders__Order=ORDER, customers__Customer=CUSTOMER, Desk=caller)
    assert used(code, "shop.Desk", "close") == {("orders", "writes")}
    assert used(code, "shop.Desk", "open") == used(code, "shop.Desk", "look") == set()


def test_entity_managers_queries_and_named_queries(tmp_path: Path) -> None:
    caller = """\
package shop;
import shop.customers.Customer;
import shop.orders.Order;
class Store {
    EntityManager em;
    void add(Customer customer) { em.persist(customer); }
    Customer one(long id) { return em.find(Customer.class, id); }
    Object open() { return em.createNamedQuery("Order.open").getResultList(); }
    void purge() { em.createQuery("DELETE FROM Order o WHERE o.open = false").executeUpdate(); }
    void plain() { jdbc.update("UPDATE rates " + "SET value = ?", 1); }
}
"""
    code = read(tmp_path, orders__Order=ORDER, customers__Customer=CUSTOMER, Store=caller)
    assert used(code, "shop.Store", "add") == {("customer", "writes")}
    assert used(code, "shop.Store", "one") == {("customer", "reads")}
    assert used(code, "shop.Store", "open") == {("orders", "reads")}
    assert used(code, "shop.Store", "purge") == {("orders", "writes")}
    assert used(code, "shop.Store", "plain") == {("rates", "writes")}
    assert list(code.foreign_keys) == [("orders", "customer")]


def test_spring_repositories_have_the_tables_of_their_entities(tmp_path: Path) -> None:
    repository = """\
package shop.orders;
interface Orders extends JpaRepository<Order, Long> {
    Order findByNumber(String number);
    default Order require(long id) { return findById(id).orElseThrow(); }
    @Modifying @Query("update Order o set o.open = false") int closeAll();
}
"""
    caller = """\
package shop.orders;
class Desk {
    private final Orders orders;
    void take(Order order) { orders.save(order); }
}
"""
    code = read(
        tmp_path, orders__Order=ORDER, customers__Customer=CUSTOMER, orders__Orders=repository, orders__Desk=caller
    )
    name = "shop.orders.Orders"
    assert used(code, name, "findByNumber") == used(code, name, "findById") == {("orders", "reads")}
    assert used(code, name, "save") == used(code, name, "closeAll") == {("orders", "writes")}
    assert ((name, "require"), (name, "findById")) in code.calls


def test_mybatis_mappers(tmp_path: Path) -> None:
    mapper = """\
<?xml version="1.0"?>
<mapper namespace="shop.ItemMapper">
  <select id="all">SELECT * FROM item <where><if test="x">a = 1</if></where></select>
  <update id="sell">UPDATE inventory SET quantity = quantity - #{count}</update>
</mapper>
"""
    code = code_of(tmp_path, {"pom.xml": POM, "src/ItemMapper.xml": mapper})
    assert used(code, "shop.ItemMapper", "all") == {("item", "reads")}
    assert used(code, "shop.ItemMapper", "sell") == {("inventory", "writes")}


def test_transactions_are_those_of_annotations_and_session_beans(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        A="class A { @Transactional void one() { two(); } void two() { one(); } }",
        B="@Stateless class B { void all() { x(); } @TransactionAttribute(TransactionAttributeType.NEVER) void no() { x(); } }",
    )
    assert set(code.transactions) == {("A", "one"), ("B", "all")}


def test_scripts_tell_foreign_keys_and_views(tmp_path: Path) -> None:
    script = """\
CREATE TABLE orders (id BIGINT PRIMARY KEY);
CREATE TABLE lines (
  order_id BIGINT, CONSTRAINT fk FOREIGN KEY (order_id) REFERENCES orders (id)
);
CREATE OR REPLACE VIEW dbo.[open_orders] AS SELECT * FROM orders;
"""
    code = code_of(tmp_path, {"pom.xml": POM, "db/schema.sql": script, "db/data.sql": "INSERT INTO orders VALUES (1);"})
    assert {pair: str(place) for pair, place in code.foreign_keys.items()} == {("lines", "orders"): "db/schema.sql:2"}
    assert code.views == {"open_orders"}
