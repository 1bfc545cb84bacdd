<?php

use App\Http\Controllers\OrderController;
use App\Http\Controllers\PhotoController;
use Illuminate\Support\Facades\Route;

Route::get('/', fn () => 'shop');
Route::view('/about', 'about');
Route::redirect('/old', '/');
Route::match(['get', 'post'], '/search', [OrderController::class, 'search']);
Route::any('/hook', [OrderController::class, 'hook']);
Route::resource('photo-albums', PhotoController::class)->except(['destroy']);
Route::resource('admin/categories', PhotoController::class)->parameters(['categories' => 'name'])->only('show');
Route::group(['prefix' => 'admin', 'middleware' => 'auth'], function () {
    Route::get('orders', [OrderController::class, 'admin']);
    Route::controller(OrderController::class)->group(function () {
        Route::delete('orders/{order}', 'remove');
    });
});
Route::get('/files/{path}', [OrderController::class, 'file'])->where('path', '.*');
