<?php

use App\Http\Controllers\LineController;
use App\Http\Controllers\OrderController;
use App\Http\Controllers\PhotoController;
use Illuminate\Support\Facades\Route;

Route::apiResource('orders', OrderController::class);
Route::apiResource('orders.lines', LineController::class)->only(['index', 'show']);
Route::apiResources(['photos' => PhotoController::class]);
Route::middleware('auth')->prefix('reports')->group(function () {
    Route::get('{year}/{month?}', [OrderController::class, 'report'])->where('year', '[0-9]+');
});
