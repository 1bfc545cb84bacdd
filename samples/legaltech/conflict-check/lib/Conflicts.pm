package Conflicts;
use strict;
use warnings;
use Text::CSV;

our $VERSION = '1.4';

# The parties of a file: name, matter and side, one a line.
sub new {
    my ($class, $file) = @_;
    my $csv = Text::CSV->new({ binary => 1 });
    open my $in, '<:encoding(UTF-8)', $file or die "$file: $!";
    $csv->header($in);
    my @parties;
    while (my $row = $csv->getline_hr($in)) {
        push @parties, { %$row, key => key($row->{name}) };
    }
    return bless { parties => \@parties }, $class;
}

# Case, accents of typing and legal forms tell nobody apart.
sub key {
    my ($name) = @_;
    my $key = lc $name;
    $key =~ s/\b(?:gmbh|inc|llc|llp|ltd|plc|s\.?a)\b\.?//g;
    $key =~ s/[^\p{L}\p{N}]+/ /g;
    $key =~ s/^ | $//g;
    return $key;
}

sub search {
    my ($self, $name) = @_;
    my $key = key($name);
    return [] if length $key < 3;
    return [ map { { name => $_->{name}, matter => $_->{matter}, side => $_->{side} } }
             grep { index($_->{key}, $key) >= 0 } @{ $self->{parties} } ];
}

1;
