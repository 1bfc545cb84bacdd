<form method="post" action="/enter">
<?php if ($wrong): ?><p>This code is not known.</p><?php endif; ?>
<label>Your access code <input type="password" name="code" required></label> <button>Enter</button>
</form>
