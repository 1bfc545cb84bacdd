<table>
<tr><th>Matter</th><th>State</th><th>Last change</th></tr>
<?php foreach ($matters as $matter): ?>
<tr><td><?= h($matter['title']) ?></td><td><?= h($matter['state']) ?></td><td><?= h($matter['updated']) ?></td></tr>
<?php endforeach; ?>
</table>
