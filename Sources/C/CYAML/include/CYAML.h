#pragma once

// libyaml as it is: Swift reads its events and their unions directly.
#include <yaml.h>
