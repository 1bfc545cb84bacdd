use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Encode qw(decode);
use JSON;
use Plack::Builder;
use Plack::Request;
use Conflicts;

my $parties = Conflicts->new($ENV{PARTIES_FILE} || "$FindBin::Bin/../data/parties.csv");
my $json = JSON->new->utf8->canonical;

builder {
    mount '/ping' => sub { [200, ['Content-Type' => 'text/plain'], ["ok\n"]] };
    mount '/' => sub {
        my $name = Plack::Request->new(shift)->query_parameters->get('name') // '';
        my $found = $parties->search(decode('UTF-8', $name));
        return [200, ['Content-Type' => 'application/json'], [$json->encode({ found => $found })]];
    };
};
