"""What is read of JavaScript: modules that use one another, and tables by way of SQL texts and of five libraries."""

from pathlib import Path

from tests.split.from_files import code_of, proposal_of
from toolkit.split.code import Code, Reach

PACKAGE = '{"dependencies": {"express": "4"}, "scripts": {"start": "node app.js"}}'


def read(folder: Path, files: dict[str, str]) -> Code:
    return code_of(folder, {"package.json": PACKAGE, **files})


def used(code: Code, unit: str, method: str) -> set[tuple[str, str]]:
    return {(one.table, "writes" if one.write else "reads") for one in code.accesses if one.node == (unit, method)}


def test_modules_that_use_one_another(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        {
            "routes/orders.js": "const orders = require('../services/orders');\nconst router = require('express').Router();\n"
            "router.get('/', orders.list);\nrouter.post('/', async (req, res) => res.json(await orders.add(req.body)));\nmodule.exports = router;\n",
            "services/orders.js": "const { query } = require('../db');\nexports.list = async (req) => query('SELECT * FROM orders');\n"
            "async function add(body) { return query(`INSERT INTO orders (a) VALUES (${body.a})`); }\nmodule.exports = { add };\n",
            "db.js": "exports.query = (text) => pool.query(text);\n",
        },
    )
    assert code.calls_of_units() == {("routes/orders", "services/orders"): 2, ("services/orders", "db"): 2}
    assert used(code, "services/orders", "list") == {("orders", "reads")}
    assert used(code, "services/orders", "add") == {("orders", "writes")}
    assert ("db", "query") in Reach(code).nodes([("routes/orders", "")])


def test_knex_mongoose_and_sequelize(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        {
            "models/order.js": "const Order = mongoose.model('Order', new Schema({}));\nmodule.exports = Order;\n",
            "models/user.js": "const User = sequelize.define('User', {}, {tableName: 'people'});\nmodule.exports = User;\n",
            "work.js": """\
const Order = require('./models/order');
const User = require('./models/user');
function show() { return Order.find({}); }
function add(body) { const order = new Order(body); return order.save(); }
const rename = async (id) => { await User.update({a: 1}, {where: {id}}); };
function rates() { return knex('rates as r').where({a: 1}).first(); }
function change() { return knex('rates').where({a: 1}).update({b: 2}); }
function joined() { return db.select('*').from('rates').join('days', 'a', 'b'); }
async function both() { await sequelize.transaction(async (t) => { await User.create({}); }); }
""",
        },
    )
    assert used(code, "work", "show") == {("orders", "reads")}
    assert used(code, "work", "add") == {("orders", "writes")}
    assert used(code, "work", "rename") == {("people", "writes")}
    assert used(code, "work", "rates") == {("rates", "reads")}
    assert used(code, "work", "change") == {("rates", "writes")}
    assert used(code, "work", "joined") == {("rates", "reads"), ("days", "reads")}
    assert used(code, "work", "both") == {("people", "writes")}
    assert set(code.transactions) == {("work", "both")}
    assert code.owners == {"orders": "models/order", "people": "models/user"}


def test_nest_with_typeorm_and_prisma(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        {
            "src/order.entity.ts": "@Entity('orders')\nexport class Order { @Column() open: boolean; }\n",
            "src/orders.service.ts": """\
import { Order } from './order.entity';
export class OrdersService {
  constructor(@InjectRepository(Order) private readonly repository: Repository<Order>, private prisma: PrismaService) {}
  async list() { return this.repository.find(); }
  async add(order: Order) { return this.repository.save(order); }
  async notes() { return this.prisma.note.findMany(); }
}
""",
            "src/orders.controller.ts": """\
import { OrdersService } from './orders.service';
@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}
  @Post() create(@Body() body) { return this.orders.add(body); }
}
""",
            "prisma/schema.prisma": 'model Note {\n  id Int @id\n  @@map("notes")\n}\n',
        },
    )
    assert used(code, "src/orders.service", "list") == {("orders", "reads")}
    assert used(code, "src/orders.service", "add") == {("orders", "writes")}
    assert used(code, "src/orders.service", "notes") == {("notes", "reads")}
    assert (("src/orders.controller", "create"), ("src/orders.service", "add")) in code.calls


def test_services_of_an_express_application(tmp_path: Path) -> None:
    read(
        tmp_path,
        {
            "app.js": "const express = require('express');\nconst app = express();\n"
            "app.use('/orders', require('./routes/orders'));\napp.use('/users', require('./routes/users'));\napp.listen(3000);\n",
            **{
                f"routes/{name}.js": f"const router = require('express').Router();\nconst {name} = require('../models/{name}');\n"
                f"router.get('/', (req, res) => {name}.all());\nrouter.post('/', (req, res) => {name}.add());\nmodule.exports = router;\n"
                for name in ("orders", "users")
            },
            **{
                f"models/{name}.js": f"exports.all = () => pool.query('SELECT * FROM {name}');\n"
                f"exports.add = () => pool.query('INSERT INTO {name} (a) VALUES (1)');\n"
                for name in ("orders", "users")
            },
        },
    )
    proposal = proposal_of(tmp_path)
    assert {one.name: (one.paths, one.writes) for one in proposal.services} == {
        "orders": (("/orders", "/orders/*", "/*"), ("orders",)), "users": (("/users", "/users/*"), ("users",)),
    }  # fmt: skip
    assert set(proposal.candidates[0].units) == {"routes/orders", "models/orders"}


def test_a_model_that_an_index_passes_on(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        {
            "models/order.model.js": "const Order = mongoose.model('Order', new Schema({}));\nmodule.exports = Order;\n",
            "models/index.js": "module.exports.Order = require('./order.model');\n",
            "work.js": "const { Order } = require('./models');\nfunction show() { return Order.findOne({}); }\n",
        },
    )
    assert used(code, "work", "show") == {("orders", "reads")}
